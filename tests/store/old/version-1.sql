BEGIN TRANSACTION;
CREATE TABLE part (
	run TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	result TEXT NOT NULL, 
	finished TEXT NOT NULL, 
	PRIMARY KEY (run, ordinal), 
	FOREIGN KEY(run) REFERENCES run (id)
);
INSERT INTO "part" VALUES('20261122-220913-359f21',0,'{"ordinal": 0, "folder": "part-000000", "digest": "sha256:0", "documents": 10, "text_bytes": 100, "disk_bytes": 1000, "quarantined": [], "reasons": [["broken", 2]], "digests": []}','2026-11-22T22:09:13.180+00:00');
INSERT INTO "part" VALUES('20261122-220913-359f21',1,'{"ordinal": 1, "folder": "part-000001", "digest": "sha256:0", "documents": 10, "text_bytes": 100, "disk_bytes": 1000, "quarantined": [], "reasons": [["broken", 2]], "digests": []}','2026-11-22T22:09:13.182+00:00');
INSERT INTO "part" VALUES('20261122-220913-359f21',2,'{"ordinal": 2, "folder": "part-000002", "digest": "sha256:0", "documents": 10, "text_bytes": 100, "disk_bytes": 1000, "quarantined": [], "reasons": [["broken", 2]], "digests": []}','2026-11-22T22:09:13.184+00:00');
CREATE TABLE run (
	id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	state TEXT NOT NULL, 
	started TEXT NOT NULL, 
	ended TEXT, 
	audit TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "run" VALUES('20261122-220913-359f21','sha256:key','{"paths": ["corpus.jsonl"]}','finished','2026-11-22T22:09:13.174+00:00','2026-11-22T22:09:13.188+00:00','sha256:audit');
INSERT INTO "run" VALUES('20261122-220913-35e748','sha256:other','{"paths": ["other.jsonl"]}','running','2026-11-22T22:09:13.190+00:00',NULL,NULL);
CREATE TABLE setting (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "setting" VALUES('version','1');
CREATE INDEX ix_run_key ON run ("key");
COMMIT;
