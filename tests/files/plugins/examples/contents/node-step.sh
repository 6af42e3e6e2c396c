for argument in "$@"; do echo "argument=$argument"; done
echo "config=$RD_CONFIG_GREETING/$RD_CONFIG_COLOUR/$RD_CONFIG_OF_PROJECT/$RD_CONFIG_OF_FRAMEWORK/$RD_CONFIG_HIDDEN"
echo "node=$RD_NODE_NAME tags=$RD_NODE_TAGS job=$RD_JOB_NAME option=$RD_OPTION_WORD project=$RD_RUNDECK_PROJECT"
echo "base=$RD_PLUGIN_BASE script=$RD_PLUGIN_SCRIPTFILE"
echo kept > "$RD_PLUGIN_VARDIR/state" && echo "vardir=$(cat "$RD_PLUGIN_VARDIR/state")"
echo "key=$RD_CONFIG_KEY of ${#RD_CONFIG_KEY} letters"
echo "complaint" >&2
exit "$RD_CONFIG_CODE"
