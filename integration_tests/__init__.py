"""Tests of the whole connector as a process, and the stand-in of the API that they run against."""
