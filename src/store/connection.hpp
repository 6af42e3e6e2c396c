// What a backend implements: one connection with transactions. The pools and Database stand on it.
#pragma once

#include <memory>

#include "store/database.hpp"

namespace qd::store {

// The connection was cut, or could not be used. The connection is broken afterwards.
struct ConnectionLost : DatabaseError {
  ConnectionLost(const std::string& message, bool never_executed, std::string native_code = {})
      : DatabaseError(message, true, std::move(native_code)), not_executed(never_executed) {}
  bool not_executed;  // certainly: the server never got the whole statement
};

// The statement or transaction lost against another one and was rolled back: it may be tried again from its start.
struct TransactionConflict : DatabaseError {
  TransactionConflict(const std::string& message, std::string native_code)
      : DatabaseError(message, true, std::move(native_code)) {}
};

class Connection : public Session {
 public:
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() = 0;  // throws ConnectionLost only
  // A statement found it cut: it can only be thrown away.
  virtual bool broken() const = 0;
  // Looks at the socket of an idle connection, without asking the server: false when it was cut meanwhile.
  virtual bool alive() = 0;
};

}  // namespace qd::store
