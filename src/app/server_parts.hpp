// A member that is built: what runs in it, its use cases, and the door to them.
#pragma once

#include "api/dispatcher.hpp"
#include "app/running_parts.hpp"
#include "app/server.hpp"
#include "app/server_hooks.hpp"
#include "app/use_cases.hpp"

namespace qd::app {

struct Server::Parts {
  // What belongs to the server around it.
  struct Surroundings {
    base::WorkerPool& request_pool;
    http::Server& http;
    const http::StaticFiles& web;
    std::string url;  // that users see
    ServerHooks hooks;
  };
  Parts(const Config& config, Databases databases, std::unique_ptr<Vaults> vaults,
        std::unique_ptr<auth::LoginModule> login_modules, std::unique_ptr<store::LivenessSession> liveness,
        Surroundings around);

  Result<> start(const Config& config, const std::string& member_url);
  // Executions may go on for `drain`.
  void stop(Millis drain) noexcept;

  RunningParts running;
  UseCases use_cases;
  const api::RequestRules request_rules;
  const api::PageSettings page_settings;
  const api::ObserveSettings observe_settings;
  api::Dispatcher dispatcher;

 private:
  UpCalls up_calls();
  api::Services services(const Config& config, Surroundings around);
};

}  // namespace qd::app
