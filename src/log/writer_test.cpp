#include "log/writer.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/async_event.hpp"
#include "log/reader.hpp"

namespace qd::log {
namespace {

using namespace std::chrono_literals;
constexpr UnixMillis writer_noon = 1795348800000;

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class LogWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "writer-" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    path_ = folder_ + "/p/job/logs/12.rdlog";
    loop_.start();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Runs `use(writer)` on the loop, then closes the writer; gives what close() gave.
  Result<> write(WriterOptions options, std::function<base::Task<void>(LogWriter&)> use) {
    std::promise<Result<>> done;
    auto drive = [](base::EventLoop& loop, base::WorkerPool& pool, std::string path, WriterOptions chosen,
                    std::function<base::Task<void>(LogWriter&)> what, std::promise<Result<>>& end) -> base::Task<void> {
      co_await loop.enter();
      LogWriter writer(loop, pool, std::move(path), std::move(chosen));
      auto used = what(writer);
      co_await std::move(used);
      auto closed = co_await writer.close();
      EXPECT_EQ(writer.failure().has_value(), !closed.has_value());
      end.set_value(std::move(closed));
    };
    base::spawn(drive(loop_, pool_, path_, std::move(options), std::move(use), done));
    return done.get_future().get();
  }

  std::string folder_;
  std::string path_;
  base::EventLoop loop_{"test"};
  base::WorkerPool pool_{"files", 2, 1000};
};

TEST_F(LogWriterTest, WritesAShortLogAtOnce) {
  int writes = 0;
  WriterOptions options;
  options.on_written = [&](std::int64_t) { ++writes; };
  const auto closed = write(std::move(options), [](LogWriter& writer) -> base::Task<void> {
    writer.append(LogEvent{writer_noon, Level::verbose, event_type::step_begin, "", {{"stepctx", "1"}}});
    writer.append(writer_noon, Level::normal, EncodedMeta(Meta{{"node", "a"}}), "hello ^");
    co_return;
  });
  EXPECT_TRUE(closed);
  EXPECT_EQ(content(path_),
            "^text/x-rundeck-log-v2.0^\n"
            "^2026-11-22T12:00:00Z|stepbegin|VERBOSE|{stepctx=1}|^\n"
            "^2026-11-22T12:00:00Z|||{node=a}|hello \\^^\n"
            "^END^\n");
  EXPECT_EQ(writes, 1);
}

TEST_F(LogWriterTest, AnEmptyLogIsComplete) {
  EXPECT_TRUE(write({}, [](LogWriter&) -> base::Task<void> { co_return; }));
  EXPECT_EQ(content(path_), "^text/x-rundeck-log-v2.0^\n^END^\n");
}

TEST_F(LogWriterTest, ReadersSeeEventsSoon) {
  std::promise<std::int64_t> written;
  WriterOptions options;
  options.flush_after = Millis{10};
  options.on_written = [&, told = false](std::int64_t size) mutable {
    if (!std::exchange(told, true)) written.set_value(size);
  };
  auto seen = written.get_future().share();
  const auto closed = write(std::move(options), [this, seen](LogWriter& writer) -> base::Task<void> {
    return [](LogWriter& log, base::EventLoop& loop, std::string path,
              std::shared_future<std::int64_t> size) -> base::Task<void> {
      log.append(writer_noon, Level::normal, {}, "first");
      const auto expected =
          static_cast<std::int64_t>(std::string("^text/x-rundeck-log-v2.0^\n^2026-11-22T12:00:00Z||||first^\n").size());
      while (size.wait_for(0s) != std::future_status::ready) co_await loop.sleep(1ms);
      EXPECT_EQ(size.get(), expected);
      EXPECT_EQ(log.bytes(), expected);
      EXPECT_FALSE(content(path).find("first^\n") == std::string::npos);
    }(writer, loop_, path_, seen);
  });
  EXPECT_TRUE(closed);
}

TEST_F(LogWriterTest, PressesBackAndLosesNothing) {
  constexpr int count = 30'000;
  int pauses = 0;
  WriterOptions options;
  options.batch_bytes = 16 * 1024;
  options.full_bytes = 64 * 1024;
  const auto closed = write(std::move(options), [this, &pauses](LogWriter& writer) -> base::Task<void> {
    return [](LogWriter& log, base::EventLoop& loop, int& waits) -> base::Task<void> {
      const EncodedMeta meta(Meta{{"node", "web1"}, {"step", "1"}, {"stepctx", "1"}, {"user", "admin"}});
      for (int i = 0; i < count; ++i) {
        log.append(writer_noon, Level::normal, meta, "line " + std::to_string(i));
        while (log.full()) {
          ++waits;
          base::AsyncEvent ready(loop);
          log.when_ready([&ready] { ready.set(); });
          co_await ready.wait();
        }
      }
    }(writer, loop_, pauses);
  });
  EXPECT_TRUE(closed);
  EXPECT_GT(pauses, 0);
  ReadRequest request;
  request.max_bytes = 1u << 30;
  const auto page = read_log(path_, request).value();
  ASSERT_EQ(page.events.size(), static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    ASSERT_EQ(page.events[static_cast<std::size_t>(i)].event.message, "line " + std::to_string(i));
  EXPECT_TRUE(page.ended);
}

TEST_F(LogWriterTest, GoesOnWithALogThatWasCutOff) {
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
  std::ofstream(path_) << rdlog_header << "^2026-11-22T12:00:00Z||||cut o";
  EXPECT_TRUE(write({}, [](LogWriter& writer) -> base::Task<void> {
    writer.append(writer_noon, Level::normal, {}, "after");
    co_return;
  }));
  const auto page = read_log(path_, {}).value();
  ASSERT_EQ(page.events.size(), 2u);
  EXPECT_EQ(page.events[0].event.message, "cut o");
  EXPECT_EQ(page.events[1].event.message, "after");
  EXPECT_TRUE(page.ended);
}

TEST_F(LogWriterTest, SaysWhatTheDiskSays) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ + "/p") << "a file where a folder should be";
  const auto closed = write({}, [](LogWriter& writer) -> base::Task<void> {
    for (int i = 0; i < 3; ++i) writer.append(writer_noon, Level::normal, {}, "x");
    co_return;
  });
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(closed.error().message,
            "Cannot create the execution's log " + path_ + ": Not a directory. 3 events of the log were lost.");
}

TEST_F(LogWriterTest, NotesALossOnceTheDiskTakesMore) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ + "/p") << "in the way";
  WriterOptions options;
  options.flush_after = Millis{1};
  const auto closed = write(std::move(options), [this](LogWriter& writer) -> base::Task<void> {
    return [](LogWriter& log, base::EventLoop& loop, std::string obstacle) -> base::Task<void> {
      log.append(writer_noon, Level::normal, {}, "lost");
      while (!log.failure()) co_await loop.sleep(1ms);
      std::filesystem::remove(obstacle);
      log.append(writer_noon, Level::normal, {}, "kept");
    }(writer, loop_, folder_ + "/p");
  });
  EXPECT_FALSE(closed);
  const auto page = read_log(path_, {}).value();
  ASSERT_EQ(page.events.size(), 2u);
  EXPECT_EQ(page.events[0].event.level, Level::warn);
  EXPECT_TRUE(page.events[0].event.message.starts_with("1 events before this one could not be written: Cannot create"));
  EXPECT_EQ(page.events[1].event.message, "kept");
  EXPECT_TRUE(page.ended);
}

TEST_F(LogWriterTest, AFullDiskLeavesAReadableLog) {
  // A limit on the size of files stands in for a full disk.
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 10'000;
  setrlimit(RLIMIT_FSIZE, &small);
  WriterOptions options;
  options.batch_bytes = 1000;
  const auto closed = write(std::move(options), [](LogWriter& writer) -> base::Task<void> {
    for (int i = 0; i < 1000; ++i) writer.append(writer_noon, Level::normal, {}, "a line that takes its place");
    co_return;
  });
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_DFL);
  ASSERT_FALSE(closed);
  EXPECT_NE(closed.error().message.find("File too large"), std::string::npos) << closed.error().message;
  ReadRequest request;
  request.finished = true;
  const auto page = read_log(path_, request).value();
  EXPECT_GT(page.events.size(), 10u);
  EXPECT_EQ(page.next_offset, page.file_size);
}

}  // namespace
}  // namespace qd::log
