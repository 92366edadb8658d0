package com.example;

import io.vertx.core.AbstractVerticle;
import io.vertx.ext.healthchecks.HealthCheckHandler;
import io.vertx.ext.web.Router;

public class MainVerticle extends AbstractVerticle {
  @Override
  public void start() {
    Router router = Router.router(vertx);
    router.get("/health*").handler(HealthCheckHandler.create(vertx));
    vertx.createHttpServer().requestHandler(router).listen(8888);
  }
}
