// Logs in users whose passwords are in the database.
#pragma once

#include <memory>

#include "auth/login_chain.hpp"
#include "store/local_user_store.hpp"

namespace qd::auth {

// Takes as long for an unknown user as for a known one.
std::unique_ptr<LoginModule> make_local_user_module(store::LocalUserStore& users);

}  // namespace qd::auth
