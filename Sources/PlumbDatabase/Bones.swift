enum PlumbDatabaseBones {}
