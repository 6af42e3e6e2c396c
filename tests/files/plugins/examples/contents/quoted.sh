#!/bin/sh
echo "first=$1 second=$2"
