#include "store/token_store.hpp"

#include "codec/execution_codec.hpp"

namespace qd::store {
namespace {

#define QD_TOKEN_COLUMNS "id, hash, name, user_name, creator, roles, created_ms, expires_ms"
constexpr const char* insert_token = "INSERT INTO api_token (" QD_TOKEN_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* select_token = "SELECT " QD_TOKEN_COLUMNS " FROM api_token WHERE id = ?";
constexpr const char* select_token_by_hash = "SELECT " QD_TOKEN_COLUMNS " FROM api_token WHERE hash = ?";
constexpr const char* select_tokens_of_user =
    "SELECT " QD_TOKEN_COLUMNS " FROM api_token WHERE user_name = ? ORDER BY created_ms, id";
constexpr const char* select_tokens = "SELECT " QD_TOKEN_COLUMNS " FROM api_token ORDER BY user_name, created_ms, id";
#undef QD_TOKEN_COLUMNS
constexpr const char* renew_token = "UPDATE api_token SET hash = ?, created_ms = ?, expires_ms = ? WHERE id = ?";
constexpr const char* delete_token = "DELETE FROM api_token WHERE id = ?";
constexpr const char* delete_expired = "DELETE FROM api_token WHERE expires_ms <= ?";
constexpr const char* delete_expired_of_user = "DELETE FROM api_token WHERE expires_ms <= ? AND user_name = ?";

Token read_token(const Row& row) {
  return {.id = row.text(0),
          .hash = row.text(1),
          .name = row.text(2),
          .user = row.text(3),
          .creator = row.text(4),
          .roles = codec::decode_texts(row.text(5)),
          .created = row.integer(6),
          .expires = row.optional_integer(7)};
}

std::optional<Token> first_token(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_token(rows.front());
}

}  // namespace

TokenStore::TokenStore(Database& database) : database_(database) {}

void TokenStore::create(const Token& token) {
  const Value expires = token.expires ? Value(*token.expires) : Value(nullptr);
  database_.execute(insert_token, {token.id, token.hash, token.name, token.user, token.creator,
                                   codec::encode_texts(token.roles), token.created, expires});
}

std::optional<Token> TokenStore::find(const std::string& id) {
  return first_token(database_.query(select_token, {id}));
}

std::optional<Token> TokenStore::find_by_hash(const std::string& hash) {
  return first_token(database_.query(select_token_by_hash, {hash}));
}

std::vector<Token> TokenStore::list(const std::string& user) {
  std::vector<Token> tokens;
  const auto rows = user.empty() ? database_.query(select_tokens) : database_.query(select_tokens_of_user, {user});
  for (const auto& row : rows) tokens.push_back(read_token(row));
  return tokens;
}

bool TokenStore::renew(const std::string& id, const std::string& hash, UnixMillis created,
                       std::optional<UnixMillis> expires) {
  return database_.execute(renew_token, {hash, created, expires ? Value(*expires) : Value(nullptr), id}) > 0;
}

bool TokenStore::remove(const std::string& id) {
  return database_.execute(delete_token, {id}) > 0;
}

std::int64_t TokenStore::remove_expired(UnixMillis now, const std::string& user) {
  return user.empty() ? database_.execute(delete_expired, {now})
                      : database_.execute(delete_expired_of_user, {now, user});
}

}  // namespace qd::store
