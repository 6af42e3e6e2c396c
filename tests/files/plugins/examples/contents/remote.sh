echo "from $0"
for argument in "$@"; do echo "argument=$argument"; done
echo "config=$RD_CONFIG_TEXT"
