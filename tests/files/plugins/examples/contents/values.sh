echo "==START_OPTIONS=="
echo "First one:1"
echo "Of ${RD_OPTION_REGION:-nowhere}:2"
echo "==END_OPTIONS=="
