import requests

print(requests.get("https://example.com/figures", timeout=10).text)
