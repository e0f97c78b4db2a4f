"""The custom components of the manifest, in rooms: imports run downwards only, and a linter holds them.

tickets, lists > feed > transport > limits > records, config. Each room says what lives there and where to start.
"""
