"""The fire drill: does every way to work, and every step between them, hold today?"""
