# What `./dev package` packs: one Debian package with server, client and pages.
# Layout and names of the service's files are those that Rundeck's packages use, so that a host can change over.
set(packaging ${PROJECT_SOURCE_DIR}/packaging)
set(made ${PROJECT_BINARY_DIR}/packaging)
set(QD_PACKAGE_CONTACT "Quarterdeck <quarterdeck@example.org>" CACHE STRING "Who maintains the package: NAME <ADDRESS>")

# Manual pages and completions. Those of qd come from its own table of verbs.
file(MAKE_DIRECTORY ${made})
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${made}/qd.${shell} COMMAND qd completion ${shell} >${made}/qd.${shell} DEPENDS qd)
endforeach()
add_custom_command(OUTPUT ${made}/qd.1.gz COMMAND qd manual >${made}/qd.1 COMMAND gzip -9n -c ${made}/qd.1 >${made}/qd.1.gz DEPENDS qd)
if(QD_UI)
  add_custom_command(OUTPUT ${made}/third-party.gz COMMAND node ${packaging}/third-party.mjs ${PROJECT_SOURCE_DIR}/ui >${made}/third-party
                     COMMAND gzip -9n -c ${made}/third-party >${made}/third-party.gz DEPENDS qd_ui ${packaging}/third-party.mjs)
  set(third_party ${made}/third-party.gz)
endif()
add_custom_target(qd_package_files DEPENDS ${third_party} ${made}/qd.bash ${made}/qd.zsh ${made}/qd.fish ${made}/qd.1.gz)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # the package does not need the tests

# Files that only need a version and a date, which is that of the newest commit, so that the package is reproducible.
execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} log -1 --format=%ct OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT epoch)
  string(TIMESTAMP epoch %s UTC)
endif()
execute_process(COMMAND date -u -R -d @${epoch} OUTPUT_VARIABLE QD_PACKAGE_DATE OUTPUT_STRIP_TRAILING_WHITESPACE)
configure_file(${packaging}/debian/changelog.in ${made}/changelog @ONLY)
configure_file(${packaging}/man/quarterdeck.8.in ${made}/quarterdeck.8 @ONLY)
execute_process(COMMAND gzip -9n -c ${made}/changelog OUTPUT_FILE ${made}/changelog.gz)
execute_process(COMMAND gzip -9n -c ${made}/quarterdeck.8 OUTPUT_FILE ${made}/quarterdeck.8.gz)
execute_process(COMMAND gzip -9n -c ${PROJECT_SOURCE_DIR}/CHANGELOG.md OUTPUT_FILE ${made}/NEWS.gz)

set(for_owner OWNER_READ OWNER_WRITE GROUP_READ)
install(TARGETS quarterdeck qd RUNTIME DESTINATION bin)
install(FILES ${made}/quarterdeck.8.gz DESTINATION share/man/man8)
install(FILES ${made}/qd.1.gz DESTINATION share/man/man1)
install(FILES ${made}/qd.bash DESTINATION share/bash-completion/completions RENAME qd)
install(FILES ${made}/qd.zsh DESTINATION share/zsh/vendor-completions RENAME _qd)
install(FILES ${made}/qd.fish DESTINATION share/fish/vendor_completions.d)
install(FILES ${packaging}/systemd/quarterdeck.service DESTINATION /lib/systemd/system)
install(FILES ${packaging}/debian/copyright ${made}/changelog.gz ${made}/NEWS.gz ${third_party} DESTINATION share/doc/quarterdeck)
install(FILES ${packaging}/systemd/local-sudo.conf ${packaging}/haproxy/haproxy.cfg ${packaging}/nginx/quarterdeck.conf
        DESTINATION share/doc/quarterdeck/examples)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples/jobs DESTINATION share/doc/quarterdeck/examples)
install(FILES ${packaging}/debian/lintian-overrides DESTINATION share/lintian/overrides RENAME quarterdeck)
install(FILES ${packaging}/etc/framework.properties ${packaging}/etc/rundeck-config.properties ${packaging}/etc/admin.aclpolicy
        DESTINATION /etc/rundeck PERMISSIONS ${for_owner})
install(FILES ${packaging}/etc/default DESTINATION /etc/default RENAME quarterdeck PERMISSIONS ${for_owner})
install(FILES ${packaging}/etc/logrotate DESTINATION /etc/logrotate.d RENAME quarterdeck)

# The package.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME quarterdeck)
set(CPACK_PACKAGE_VENDOR Quarterdeck)
set(CPACK_PACKAGE_CONTACT ${QD_PACKAGE_CONTACT})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_SOURCE_DIR}/build/deb)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "clustered runbook automation and job scheduling
Write a job once (steps, options, target nodes, schedule); people, schedules
and scripts run it, under access control, with every line of output kept.
Several servers on one database form a cluster. It speaks Rundeck's HTTP API,
job files and configuration keys.
.
This package holds the server with its web interface, and its command line
client qd.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Beside the libraries: accounts, the time zones of schedules.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, git, logrotate, openssh-client")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, haproxy | nginx, sudo")
# They own the same folders, account and port.
set(CPACK_DEBIAN_PACKAGE_CONFLICTS "rundeck, rundeckpro-enterprise")
set(CPACK_DEBIAN_PACKAGE_REPLACES "rundeck, rundeckpro-enterprise")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${packaging}/debian/conffiles ${packaging}/debian/postinst ${packaging}/debian/prerm ${packaging}/debian/postrm)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
# Only a build with debug information has something to split off (preset `package`). CPack strips what it has split off
# itself; stripped before, nothing would be left to split.
if(CMAKE_CXX_FLAGS_RELEASE MATCHES "-g")
  set(CPACK_DEBIAN_DEBUGINFO_PACKAGE ON)
else()
  set(CPACK_STRIP_FILES ON)
endif()
include(CPack)
