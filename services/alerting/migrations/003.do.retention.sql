-- What ended long ago is found without reading the rest.
CREATE INDEX alert_ended ON alert (resolved_at) WHERE status = 'resolved';
CREATE INDEX notification_ended ON notification (finished_at) WHERE status <> 'pending';
CREATE INDEX dead_letter_at ON dead_letter (at);
