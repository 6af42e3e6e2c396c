#include "app/service_manager.hpp"

#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "auth/temp_dir_testing.hpp"
#include "base/id.hpp"

namespace qd::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Environment = std::map<std::string, std::string>;

// What the service manager listens on. The name's `@` stands for the abstract namespace.
class Manager {
 public:
  explicit Manager(std::string name) : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0) << std::strerror(errno);
  }
  ~Manager() { close(socket_); }

  // The next datagram, or "".
  std::string heard() const {
    char text[4096];
    const ssize_t length = recv(socket_, text, sizeof text, 0);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
  }

 private:
  int socket_;
};

TEST(ServiceManager, HearsReadyReloadingAliveAndStoppingOnAPath) {
  const auth::TempDir dir;
  const std::string name = (dir.path() / "notify").string();
  const Manager manager(name);
  const ServiceManager told(Environment{{"NOTIFY_SOCKET", name}});
  told.ready("Ready at http://127.0.0.1:4440");
  EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=Ready at http://127.0.0.1:4440");
  told.reloading();
  EXPECT_THAT(manager.heard(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  told.alive();
  EXPECT_EQ(manager.heard(), "WATCHDOG=1");
  told.stopping(Millis(40'000));
  const std::string stopping = manager.heard();
  EXPECT_THAT(stopping, StartsWith("STOPPING=1\n"));
  EXPECT_THAT(stopping, HasSubstr("\nEXTEND_TIMEOUT_USEC=40000000\n"));
}

TEST(ServiceManager, HearsOnAnAbstractSocket) {
  const std::string name = "@quarterdeck-test-" + base::new_uuid();
  const Manager manager(name);
  ServiceManager(Environment{{"NOTIFY_SOCKET", name}}).alive();
  EXPECT_EQ(manager.heard(), "WATCHDOG=1");
}

TEST(ServiceManager, WatchesOnlyTheProcessThatItNames) {
  const std::string socket = "@quarterdeck-test-" + base::new_uuid();
  const std::string own = std::to_string(getpid());
  const auto period = [&](Environment environment) {
    environment["NOTIFY_SOCKET"] = socket;
    return ServiceManager(environment).watchdog_period().count();
  };
  EXPECT_EQ(period({{"WATCHDOG_USEC", "180000000"}, {"WATCHDOG_PID", own}}), 180'000);
  EXPECT_EQ(period({{"WATCHDOG_USEC", "180000000"}}), 180'000);
  EXPECT_EQ(period({{"WATCHDOG_USEC", "180000000"}, {"WATCHDOG_PID", "1"}}), 0);
  EXPECT_EQ(period({{"WATCHDOG_USEC", "soon"}, {"WATCHDOG_PID", own}}), 0);
  EXPECT_EQ(period({}), 0);
}

TEST(ServiceManager, DoesNothingWithoutOneOrWhenItIsGone) {
  for (const std::string& name :
       {std::string(), std::string("relative"), std::string("/nowhere/notify"), "/" + std::string(200, 'x')}) {
    const ServiceManager manager(Environment{{"NOTIFY_SOCKET", name}});
    manager.ready("nobody listens");
    EXPECT_EQ(manager.watchdog_period().count(), 0);
  }
}

}  // namespace
}  // namespace qd::app
