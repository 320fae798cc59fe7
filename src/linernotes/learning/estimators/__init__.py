"""What the recipes need beyond scikit-learn: its interface, and a way into ONNX for each."""
