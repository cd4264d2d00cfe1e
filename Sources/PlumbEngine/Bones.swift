enum PlumbEngineBones {}
