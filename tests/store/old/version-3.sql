BEGIN TRANSACTION;
CREATE TABLE blob (
	digest TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "blob" VALUES('sha256:603171c9de59227673fee010fce285e2fd95dae7034841846ff1605582abca76','states',12,X'737461746573206F66206730');
INSERT INTO "blob" VALUES('sha256:cd7ffce9b737620d651ea760e6c643d658d81b129e775bc91ade3d56cacec495','states',12,X'737461746573206F66206731');
CREATE TABLE generation (
	ordinal INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	record TEXT NOT NULL, 
	role TEXT NOT NULL, 
	added TEXT NOT NULL, 
	PRIMARY KEY (ordinal), 
	UNIQUE (name), 
	UNIQUE (digest)
);
INSERT INTO "generation" VALUES(1,'g0','sha256:0b2e347b6ed4e5395dc850d8a8682e7b27f7332e0f6343ddfc44f35daec2f4ae','{"name":"g0","parents":[],"role":"candidate"}','candidate','2026-11-23T01:22:09.613+00:00');
INSERT INTO "generation" VALUES(2,'g1','sha256:8ff341fba0c11c34a06962df109a5444b742934afac6ef1332a6b73434217b5a','{"name":"g1","parents":["g0","elsewhere"],"role":"candidate"}','candidate','2026-11-23T01:22:09.617+00:00');
CREATE TABLE generation_parent (
	child TEXT NOT NULL, 
	parent TEXT NOT NULL, 
	PRIMARY KEY (child, parent), 
	FOREIGN KEY(child) REFERENCES generation (name)
);
INSERT INTO "generation_parent" VALUES('g1','g0');
INSERT INTO "generation_parent" VALUES('g1','elsewhere');
CREATE TABLE label (
	ordinal INTEGER NOT NULL, 
	"set" TEXT NOT NULL, 
	item INTEGER NOT NULL, 
	text_digest TEXT NOT NULL, 
	reviewer TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	made TEXT NOT NULL, 
	seconds FLOAT NOT NULL, 
	signer TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	PRIMARY KEY (ordinal), 
	FOREIGN KEY("set") REFERENCES label_set (digest), 
	FOREIGN KEY("key") REFERENCES principal_key (id)
);
INSERT INTO "label" VALUES(1,'sha256:5a96f9c9b738274ccc281bda5d62f37a34a761531430d3bfb1b10a51620655d2',3,'sha256:65ca03e4108b9338827ea3b3f28f6a515d869b40363384e5e2f675f80bc48be6','ana','human','2026-01-02',0.333333333333,'ana','ac05d2b0d80a2e05','wD4F91GG74hsLwrC0qby14EEXc1rehA2aLspohl9MJltSkbAgQ/ddyivZpELUYutu7cb49Rw+g32w2VVHbCYBQ==');
INSERT INTO "label" VALUES(2,'sha256:5a96f9c9b738274ccc281bda5d62f37a34a761531430d3bfb1b10a51620655d2',1,'sha256:900a4469df00ccbfd0c145c6d1e4b7953dd0afafadd7534e3a4019e8d38fc663','ana','unsure','2026-01-02',0.333333333333,'ana','ac05d2b0d80a2e05','IjKkMhhaB2FmNx0jl0Mj4X11PrwIaoUPzOwHYgKzqOz2uaPkZGPAnGFk1NouyklUTHOf+JadULP/WcnpeCjcBg==');
INSERT INTO "label" VALUES(3,'sha256:5a96f9c9b738274ccc281bda5d62f37a34a761531430d3bfb1b10a51620655d2',3,'sha256:65ca03e4108b9338827ea3b3f28f6a515d869b40363384e5e2f675f80bc48be6','ana','withdrawn','2026-01-02',0.333333333333,'ana','ac05d2b0d80a2e05','D73NiD+wOQFhbuNQ0yZ1LEwCRbRM1HB0gPqs4gPtHT5te0KTQ359a+YRoR054jMIvW7X9eBwUA/FYj7UVICjBA==');
CREATE TABLE label_item (
	"set" TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	text_digest TEXT NOT NULL, 
	tokens INTEGER NOT NULL, 
	truth TEXT, 
	stratum TEXT NOT NULL, 
	inclusion FLOAT NOT NULL, 
	score FLOAT, 
	wanted INTEGER NOT NULL, 
	PRIMARY KEY ("set", number), 
	FOREIGN KEY("set") REFERENCES label_set (digest)
);
INSERT INTO "label_item" VALUES('sha256:5a96f9c9b738274ccc281bda5d62f37a34a761531430d3bfb1b10a51620655d2',0,'d0','sha256:822beb0d1729878ad343b6c35b1d5e45e62f8e36b6543c2312b6f1cb6d00cdef',2,NULL,'',3.33333333333333314829e-01,NULL,1);
INSERT INTO "label_item" VALUES('sha256:5a96f9c9b738274ccc281bda5d62f37a34a761531430d3bfb1b10a51620655d2',1,'d1','sha256:900a4469df00ccbfd0c145c6d1e4b7953dd0afafadd7534e3a4019e8d38fc663',2,NULL,'',3.33333333333333314829e-01,NULL,1);
INSERT INTO "label_item" VALUES('sha256:5a96f9c9b738274ccc281bda5d62f37a34a761531430d3bfb1b10a51620655d2',2,'d2','sha256:ad0387b3bd8652f730ca46d25f9c170af0fd589f42e7f23f5a9e6412d97d7e56',2,NULL,'',3.33333333333333314829e-01,NULL,1);
INSERT INTO "label_item" VALUES('sha256:5a96f9c9b738274ccc281bda5d62f37a34a761531430d3bfb1b10a51620655d2',3,'d3','sha256:65ca03e4108b9338827ea3b3f28f6a515d869b40363384e5e2f675f80bc48be6',2,NULL,'',3.33333333333333314829e-01,NULL,1);
CREATE TABLE label_lease (
	"set" TEXT NOT NULL, 
	item INTEGER NOT NULL, 
	reviewer TEXT NOT NULL, 
	until FLOAT NOT NULL, 
	PRIMARY KEY ("set", item, reviewer), 
	FOREIGN KEY("set") REFERENCES label_set (digest)
);
CREATE TABLE label_set (
	digest TEXT NOT NULL, 
	name TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	made TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	PRIMARY KEY (digest), 
	UNIQUE (name), 
	FOREIGN KEY("key") REFERENCES principal_key (id)
);
INSERT INTO "label_set" VALUES('sha256:5a96f9c9b738274ccc281bda5d62f37a34a761531430d3bfb1b10a51620655d2','set','{"design": "uniform"}','2026-01-01T00:00:00+00:00','ana','ac05d2b0d80a2e05','0OleoPU+lan0neTLSJzEMhPbwQ4CVl7Udkkvc1qMRNtxjqxdNxCcX9ubCc/eH5agJMOt8NofP1j0FRB+vO/xDg==');
CREATE TABLE part (
	run TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	result TEXT NOT NULL, 
	finished TEXT NOT NULL, 
	PRIMARY KEY (run, ordinal), 
	FOREIGN KEY(run) REFERENCES run (id)
);
INSERT INTO "part" VALUES('20261122-220914-62cdb6',0,'{"ordinal": 0, "folder": "part-000000", "digest": "sha256:0", "documents": 10, "text_bytes": 100, "disk_bytes": 1000, "quarantined": [], "reasons": [["broken", 2]], "digests": []}','2026-11-22T22:09:14.227+00:00');
INSERT INTO "part" VALUES('20261122-220914-62cdb6',1,'{"ordinal": 1, "folder": "part-000001", "digest": "sha256:0", "documents": 10, "text_bytes": 100, "disk_bytes": 1000, "quarantined": [], "reasons": [["broken", 2]], "digests": []}','2026-11-22T22:09:14.229+00:00');
INSERT INTO "part" VALUES('20261122-220914-62cdb6',2,'{"ordinal": 2, "folder": "part-000002", "digest": "sha256:0", "documents": 10, "text_bytes": 100, "disk_bytes": 1000, "quarantined": [], "reasons": [["broken", 2]], "digests": []}','2026-11-22T22:09:14.231+00:00');
CREATE TABLE principal (
	name TEXT NOT NULL, 
	added TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "principal" VALUES('ana','2026-11-22T22:09:14.338+00:00');
CREATE TABLE principal_key (
	id TEXT NOT NULL, 
	principal TEXT NOT NULL, 
	public TEXT NOT NULL, 
	added TEXT NOT NULL, 
	endorser TEXT, 
	endorsement TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(principal) REFERENCES principal (name)
);
INSERT INTO "principal_key" VALUES('ac05d2b0d80a2e05','ana','ed25519:oo40wAEyzL9JQ3H6bCaDenCnQLEN4Vz3AsRLxp2q7AA=','2026-11-22T22:09:14.339+00:00',NULL,NULL);
INSERT INTO "principal_key" VALUES('b93bcf1c155f5836','ana','ed25519:5LoV78QjhUpcmIi1ks+o/0CnoHq9xes0SnIfdfn3CrY=','2026-11-22T22:09:14.344+00:00','ac05d2b0d80a2e05','w5L1L45oz4ij7N9fyEYBzNKJhKQwT1fKzEFxp8iKa9kmXtPNUTIDc0ARe+6bBpitvuVQzoBaxyFzngiM4V6hCQ==');
CREATE TABLE reading (
	settings TEXT NOT NULL, 
	baseline TEXT NOT NULL, 
	generation TEXT NOT NULL, 
	record TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (settings, baseline, generation)
);
INSERT INTO "reading" VALUES('sha256:s','sha256:b','sha256:0b2e347b6ed4e5395dc850d8a8682e7b27f7332e0f6343ddfc44f35daec2f4ae','{"figures":{}}','sha256:a8803d00cc6a2981718cbc7e8457fb4ec47eac72f4d59bdd509cc128d9277b16');
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
INSERT INTO "run" VALUES('20261122-220914-62cdb6','sha256:key','{"paths": ["corpus.jsonl"]}','finished','2026-11-22T22:09:14.224+00:00','2026-11-22T22:09:14.232+00:00','sha256:audit');
INSERT INTO "run" VALUES('20261122-220914-0e3711','sha256:other','{"paths": ["other.jsonl"]}','running','2026-11-22T22:09:14.234+00:00',NULL,NULL);
CREATE TABLE setting (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "setting" VALUES('version','3');
CREATE INDEX ix_run_key ON run ("key");
CREATE INDEX ix_principal_key_principal ON principal_key (principal);
CREATE INDEX ix_label_set ON label ("set");
COMMIT;
