package main

import "github.com/gofiber/fiber/v2"

func main() {
	app := fiber.New()
	app.Get("/api/health", func(c *fiber.Ctx) error { return c.SendStatus(200) })
	_ = app.Listen(":3000")
}
