# Every target is one call of ./dev; `./dev help` tells more.
.PHONY: run cluster build package test format lint bench clean

run:
	@./dev run
cluster:
	@./dev cluster
build:
	@./dev build
package:
	@./dev package
test:
	@./dev test
format:
	@./dev format
lint:
	@./dev lint
bench:
	@./dev bench
clean:
	@./dev clean
