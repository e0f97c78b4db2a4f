"""The image, built and run with a real container engine: `make image-test`."""
