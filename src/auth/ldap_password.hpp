// Passwords as directories store them (userPassword): `{SCHEME}` and its text, or plain text.
#pragma once

#include <optional>
#include <string_view>

namespace qd::auth {

// Is `given` the password behind `stored`? {MD5}, {SMD5}, {SHA}, {SSHA}, {SHA256}, {SSHA256}, {SHA512}, {SSHA512},
// {CRYPT}, {BCRYPT} and the forms of password.hpp. nullopt: the scheme is not known here.
std::optional<bool> verify_ldap_password(std::string_view stored, std::string_view given);

}  // namespace qd::auth
