<?php
/**
 * Served by FPM as /mwpipe/ready to the kubelet: whether this pod may get users. It has its bundle, its agent has heard what
 * the target wants since the pod began, and nobody set it aside.
 */

require __DIR__ . '/pointer.php';

header( 'Content-Type: text/plain' );
$bundle = mwpipeCurrentBundle();
$report = mwpipeAgentReport();
$why = match ( true ) {
	$bundle === null || !is_dir( mwpipeBundleDir( $bundle ) ) => 'no bundle yet',
	$report === null => 'the agent has not heard yet what the target wants',
	$report['aside'] === true => 'set aside: it could not activate a bundle',
	default => null,
};
http_response_code( $why === null ? 200 : 503 );
print ( $why ?? 'ready' ) . "\n";
