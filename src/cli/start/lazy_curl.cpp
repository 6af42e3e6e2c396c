// Loads libcurl when it is first called. It brings 25 libraries along, which take most of the time that qd needs to
// start; its help, completion and version do without. These definitions stand in the program itself, so the linker
// takes them for libcurl's own and does not bind the library. A function that is missing here is bound as usual, which
// only costs time.
#define CURL_DISABLE_TYPECHECK
#include <cstdarg>
#include <cstdio>
#include <curl/curl.h>
#include <dlfcn.h>
#include <unistd.h>

#include "cli/command.hpp"

#undef curl_easy_setopt
#undef curl_easy_getinfo

namespace {

constexpr const char* kLibrary = "libcurl.so.4";

void* curl_symbol(const char* name) {
  static void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  void* const symbol = library == nullptr ? nullptr : dlsym(library, name);
  if (symbol == nullptr) {
    std::fprintf(stderr, "qd needs libcurl (Debian package libcurl4): %s\n", dlerror());
    std::fflush(nullptr);
    _exit(qd::cli::exit_code::failed);
  }
  return symbol;
}

template <class Function>
Function* curl_function(const char* name) {
  return reinterpret_cast<Function*>(curl_symbol(name));
}

}  // namespace

extern "C" {

CURLcode curl_global_init(long flags) {
  static auto* const call = curl_function<decltype(curl_global_init)>("curl_global_init");
  return call(flags);
}

CURL* curl_easy_init() {
  static auto* const call = curl_function<decltype(curl_easy_init)>("curl_easy_init");
  return call();
}

// The signatures are libcurl's own; that their last named parameter is an enum is its choice, and sound on our
// platforms.
#pragma GCC diagnostic ignored "-Wvarargs"

// Each option's value is a long, a pointer or a curl_off_t: one register of the same width on the platforms that we
// build for.
CURLcode curl_easy_setopt(CURL* handle, CURLoption option, ...) {
  static_assert(sizeof(long) == sizeof(void*) && sizeof(curl_off_t) == sizeof(void*));
  static auto* const call = curl_function<decltype(curl_easy_setopt)>("curl_easy_setopt");
  va_list values;
  va_start(values, option);
  void* const value = va_arg(values, void*);
  va_end(values);
  return call(handle, option, value);
}

CURLcode curl_easy_getinfo(CURL* handle, CURLINFO info, ...) {
  static auto* const call = curl_function<decltype(curl_easy_getinfo)>("curl_easy_getinfo");
  va_list values;
  va_start(values, info);
  void* const value = va_arg(values, void*);
  va_end(values);
  return call(handle, info, value);
}

CURLcode curl_easy_perform(CURL* handle) {
  static auto* const call = curl_function<decltype(curl_easy_perform)>("curl_easy_perform");
  return call(handle);
}

void curl_easy_reset(CURL* handle) {
  static auto* const call = curl_function<decltype(curl_easy_reset)>("curl_easy_reset");
  call(handle);
}

void curl_easy_cleanup(CURL* handle) {
  static auto* const call = curl_function<decltype(curl_easy_cleanup)>("curl_easy_cleanup");
  call(handle);
}

const char* curl_easy_strerror(CURLcode code) {
  static auto* const call = curl_function<decltype(curl_easy_strerror)>("curl_easy_strerror");
  return call(code);
}

void curl_free(void* memory) {
  static auto* const call = curl_function<decltype(curl_free)>("curl_free");
  call(memory);
}

curl_slist* curl_slist_append(curl_slist* list, const char* text) {
  static auto* const call = curl_function<decltype(curl_slist_append)>("curl_slist_append");
  return call(list, text);
}

void curl_slist_free_all(curl_slist* list) {
  static auto* const call = curl_function<decltype(curl_slist_free_all)>("curl_slist_free_all");
  call(list);
}

CURLU* curl_url() {
  static auto* const call = curl_function<decltype(curl_url)>("curl_url");
  return call();
}

void curl_url_cleanup(CURLU* url) {
  static auto* const call = curl_function<decltype(curl_url_cleanup)>("curl_url_cleanup");
  call(url);
}

CURLUcode curl_url_get(CURLU* url, CURLUPart part, char** text, unsigned int flags) {
  static auto* const call = curl_function<decltype(curl_url_get)>("curl_url_get");
  return call(url, part, text, flags);
}

CURLUcode curl_url_set(CURLU* url, CURLUPart part, const char* text, unsigned int flags) {
  static auto* const call = curl_function<decltype(curl_url_set)>("curl_url_set");
  return call(url, part, text, flags);
}

}  // extern "C"
