enum PlumbStorageBones {}
