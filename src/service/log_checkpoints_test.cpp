#include "service/log_checkpoints.hpp"

#include <gtest/gtest.h>

namespace qd::service {
namespace {

TEST(Checkpoints, HoldEveryByteOnceInFewPieces) {
  std::vector<store::LogPiece> pieces;
  std::int64_t size = 0, sent = 0;
  for (int i = 0; i < 5000; ++i) {
    std::vector<store::LogPiece> replaced;
    size += 2'000;
    const auto before = pieces;
    pieces = with_new_piece(before, size, replaced);
    sent += pieces.back().size;
    ASSERT_EQ(pieces.size(), before.size() + 1 - replaced.size());
    std::int64_t end = 0;
    for (const auto& piece : pieces) {
      ASSERT_EQ(piece.offset, end);
      end += piece.size;
    }
    ASSERT_EQ(end, size);
  }
  EXPECT_LE(pieces.size(), 40U);
  EXPECT_LT(sent, 60 * size) << "small pieces are joined now and then";
}

TEST(Checkpoints, LeaveLargePiecesAlone) {
  std::vector<store::LogPiece> pieces, replaced;
  std::int64_t size = 0, sent = 0;
  for (int i = 0; i < 200; ++i) {
    size += 5 << 20;
    pieces = with_new_piece(pieces, size, replaced);
    sent += pieces.back().size;
  }
  EXPECT_EQ(pieces.size(), 200U);
  EXPECT_EQ(sent, size);
  EXPECT_TRUE(replaced.empty());
}

}  // namespace
}  // namespace qd::service
