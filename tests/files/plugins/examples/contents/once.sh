echo "once for $RD_JOB_NAME"
