"""A stand-in of the Movidesk API: a real server over a database with an invented company, for tests and the demo."""

TOKEN = "00000000-0000-4000-8000-000000000001"
API_PATH = "/public/v1"
