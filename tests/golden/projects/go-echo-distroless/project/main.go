package main

import (
	"os"

	"github.com/labstack/echo/v4"
)

func main() {
	e := echo.New()
	e.GET("/health", func(c echo.Context) error { return c.NoContent(204) })
	e.Logger.Fatal(e.Start(":" + os.Getenv("PORT")))
}
