class MainTest { int port = listen(1111); }
