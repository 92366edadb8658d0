package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

const port = ":7070"

func main() {
	r := chi.NewRouter()
	r.Get("/livez", func(w http.ResponseWriter, _ *http.Request) {})
	r.Route("/v1", func(v chi.Router) {
		v.Get("/status", func(w http.ResponseWriter, _ *http.Request) {})
	})
	_ = http.ListenAndServe(port, r)
}
