enum PlumbSyntaxBones {}
