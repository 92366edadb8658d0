module github.com/example/echoserver/v2

go 1.23

require (
	github.com/prometheus/client_golang v1.20.5
	golang.org/x/sync v0.9.0 // indirect
)
