<?php
/** Composer's own answers, as JSON on standard output: which of the versions and constraints it reads, which pairs match. */
use Composer\Semver\Constraint\Constraint;
use Composer\Semver\VersionParser;

require '/usr/share/php/Composer/Semver/autoload.php';

$asked = json_decode( file_get_contents( 'php://stdin' ), true, 512, JSON_THROW_ON_ERROR );
$parser = new VersionParser();
$tried = static function ( callable $parse ) {
	try {
		return $parse();
	} catch ( UnexpectedValueException ) {
		return null;
	}
};
$versions = array_map( static fn ( $text ) => $tried( static fn () => $parser->normalize( $text ) ), $asked['versions'] );
$constraints = array_map(
	static fn ( $text ) => $tried( static fn () => $parser->parseConstraints( $text ) ),
	$asked['constraints']
);
$matches = array_map( static function ( $pair ) use ( $versions, $constraints ) {
	[ $constraint, $version ] = [ $constraints[$pair[0]], $versions[$pair[1]] ];
	if ( $constraint === null || $version === null ) {
		return null;
	}
	return $constraint->matches( new Constraint( '==', $version ) );
}, $asked['pairs'] );
echo json_encode( [
	'versions' => $versions,
	'constraints' => array_map( static fn ( $one ) => $one !== null, $constraints ),
	'matches' => $matches,
], JSON_THROW_ON_ERROR );
