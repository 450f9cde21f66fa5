<?php
/**
 * Prefixes that lead from one wiki of a farm to the others: a language, within its family ([[en:Foo]]); the name of
 * another family, there to the same language ([[wikinews:Foo]]). They follow from the bundle's farm.php, so a new wiki is
 * known to all others at once, and nothing is written to their databases. Every other prefix is the wiki's own business.
 */

use MediaWiki\Interwiki\InterwikiLookup;

class MwpipeInterwiki implements InterwikiLookup {
	/** @param string $server Of this wiki: scheme and port are those of the others too */
	public function __construct(
		private InterwikiLookup $own,
		private array $farm,
		private string $wiki,
		private string $server
	) {
	}

	public function isValidInterwiki( $prefix ): bool {
		return (bool)$this->fetch( $prefix );
	}

	public function fetch( $prefix ): Interwiki|false|null {
		$row = $this->rowOf( strtolower( (string)$prefix ) );
		return $row === null ? $this->own->fetch( $prefix ) : new Interwiki(
			$row['iw_prefix'], $row['iw_url'], $row['iw_api'], $row['iw_wikiid'], $row['iw_local'], $row['iw_trans'] );
	}

	public function getAllPrefixes( $local = null ): array {
		$families = $this->farm['families'];
		$known = [ ...array_keys( $families[$this->farm['wikis'][$this->wiki]['family']] ?? [] ), ...array_keys( $families ) ];
		$rows = [];
		foreach ( $local === null || $local ? array_unique( $known ) : [] as $prefix ) {
			$rows[$prefix] = $this->rowOf( (string)$prefix );
		}
		$own = array_filter( $this->own->getAllPrefixes( $local ),
			fn ( array $row ): bool => $this->wikiOf( $row['iw_prefix'] ) === null );
		return [ ...array_values( array_filter( $rows ) ), ...array_values( $own ) ];
	}

	public function invalidateCache( $prefix ) {
		$this->own->invalidateCache( $prefix );
	}

	private function wikiOf( string $prefix ): ?string {
		$families = $this->farm['families'];
		$family = $this->farm['wikis'][$this->wiki]['family'];
		if ( isset( $families[$family][$prefix] ) ) {
			return $families[$family][$prefix];
		}
		$there = $prefix === $family ? [] : $families[$prefix] ?? [];
		return $there[$this->farm['wikis'][$this->wiki]['language'] ?? ''] ?? ( count( $there ) === 1 ? reset( $there ) : null );
	}

	private function rowOf( string $prefix ): ?array {
		$wiki = $this->wikiOf( $prefix );
		if ( $wiki === null ) {
			return null;
		}
		$server = mwpipeServerOf( $this->farm['wikis'][$wiki]['host'], $this->server );
		return [
			'iw_prefix' => $prefix,
			'iw_url' => "$server/wiki/$1",
			'iw_api' => "$server/api.php",
			'iw_wikiid' => $wiki,
			'iw_local' => 1,
			'iw_trans' => 0,
		];
	}
}
