echo "on $1: $RD_CONFIG_GREETING, private ${RD_PRIVATE_PASS:+known}"
exec /bin/sh -c "$2"
