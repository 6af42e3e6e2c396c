// Cookies are sent by browsers whoever made them send the request. What must hold so that a change with a cookie was
// meant by its user, and not lured out of his browser by a page of another site:
//
//   Sec-Fetch-Site says same-origin or none   it was sent by our own pages, or by the user himself
//   Origin, else Referer, is ours             the same, of browsers (or connections without TLS) that do not say so
//   nothing of these, but a browser's words   the form token must come along: as X-QD-Form-Token or as _form_token
//   nothing of these                          a program; browsers name an origin with every POST, PUT and DELETE
//
// A form token that is wrong is refused, a right one stands for a missing or odd Origin (of proxies that rewrite Host).
#pragma once

#include <optional>
#include <string>

#include "api/services.hpp"
#include "http/message.hpp"

namespace qd::api {

inline constexpr const char* kFormCookie = "QD_FORM_TOKEN";  // readable by our own pages
inline constexpr const char* kFormHeader = "X-QD-Form-Token";
inline constexpr const char* kFormField = "_form_token";

// Must a browser's request be looked at? What changes something must.
bool changes_something(const http::Request& request);

// Does a browser say that another site made it send this request?
bool from_another_site(const Services& services, const http::Request& request);

// Nothing, or why the change is refused.
std::optional<std::string> distrust(const Services& services, const http::Request& request);

// What belongs to a session cookie; every member makes the same of it.
std::string form_token(const std::string& session);
// The Set-Cookie text, or nullopt: the browser has it already, or has no session.
std::optional<std::string> form_cookie(const Services& services, const http::Request& request);
std::string form_cookie_of(const Services& services, const http::Request& request, const std::string& session);

}  // namespace qd::api
