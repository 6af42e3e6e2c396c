#!/bin/sh
echo "home=${HOME:-none} node=$RD_NODE_NAME"
