# Language level, warnings and sanitizers for every target of the tree.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(QD_TESTS "Build the unit tests" ON)
option(QD_BENCH "Build the micro benches" OFF)
option(QD_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(QD_SANITIZE "" CACHE STRING "Sanitizers for every target: 'address,undefined' or 'thread'")

add_compile_options(-Wall -Wextra -Werror -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports both of these inside Boost and the standard library at -O2, with nothing of ours at fault.
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict)
  # In a unity build every source looks like a header to it.
  add_compile_options(-Wno-subobject-linkage)
  add_compile_options(-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-free-nonheap-object)
endif()

if(QD_SANITIZE)
  add_compile_options(-fsanitize=${QD_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${QD_SANITIZE})
  if(QD_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Asio has a fence that ThreadSanitizer does not see; it guards nothing of ours alone
  endif()
  if(QD_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      add_compile_options(-fno-sanitize=function)  # clang 14 cannot compile coroutines with it
    endif()
  endif()
endif()

find_program(QD_MOLD mold)
if(QD_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(QD_CCACHE ccache)
if(QD_CCACHE AND NOT DEFINED ENV{QD_NO_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${QD_CCACHE})
endif()
