"""What an ONNX file says: its bytes, its tensors, its graph in order."""
