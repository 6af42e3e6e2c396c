{
  echo "trigger=$RD_NOTIFICATION_TRIGGER status=$RD_EXECUTION_STATUS job=$RD_JOB_NAME text=$RD_CONFIG_TEXT option=$RD_OPTION_WORD"
  cat
} > "$RD_CONFIG_FILE.new"
[ "$RD_CONFIG_TEXT" != fail ] || { echo "no line to the pager" >&2; exit 3; }
mv "$RD_CONFIG_FILE.new" "$RD_CONFIG_FILE"
