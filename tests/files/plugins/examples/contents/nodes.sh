i=1
while [ "$i" -le "$RD_CONFIG_COUNT" ]; do
  echo "made-$i: {hostname: 127.0.0.1, tags: made, node-executor: $RD_CONFIG_EXECUTOR, file-copier: $RD_CONFIG_COPIER, my-greeting: hello $i, project: $RD_RUNDECK_PROJECT}"
  i=$((i + 1))
done
