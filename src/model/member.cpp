#include "model/member.hpp"

namespace qd::model {

const char* to_text(Member::State state) {
  switch (state) {
    case Member::State::live:
      return "live";
    case Member::State::leaving:
      return "leaving";
    case Member::State::stopped:
      return "stopped";
    case Member::State::dead:
      return "dead";
  }
  return "";
}

}  // namespace qd::model
