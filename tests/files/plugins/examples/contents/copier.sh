cp "$1" "$2.copied" || exit 1
echo "copied for $RD_NODE_NAME" >&2
echo "$2.copied"
