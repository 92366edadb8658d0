package main

// http.HandleFunc("/ready", nil) is not served.
