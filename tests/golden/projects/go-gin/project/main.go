package main

import "github.com/gin-gonic/gin"

func main() {
	r := gin.Default()
	api := r.Group("/api/v1")
	api.GET("/payments", list)
	internal := r.Group("/internal")
	internal.GET("/ready", ok)
	r.GET("/ping", ok)
	_ = r.Run()
}

func list(c *gin.Context) {}
func ok(c *gin.Context)   { c.String(200, "ok") }
